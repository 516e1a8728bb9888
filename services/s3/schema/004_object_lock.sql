-- The Object Lock configuration as JSON, see object_lock.h; empty: no lock.
alter table s3_buckets add column object_lock text not null default '';
