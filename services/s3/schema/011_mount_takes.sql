-- The file that is about to become an object: the object's transaction notes it as known, by its request.
alter table s3_mount_files add column taken_size integer;
alter table s3_mount_files add column taken_ns integer;
alter table s3_mount_files add column taken_by text;
