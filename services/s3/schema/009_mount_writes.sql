-- What is about to be put in a file's place: whoever dies between the file and its row finds its own work
-- again.
alter table s3_mount_files add column written_size integer;
alter table s3_mount_files add column written_ns integer;
