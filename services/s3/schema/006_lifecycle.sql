-- When a bucket's lifecycle rules are applied next; 0: to be planned. Only buckets with rules have a row.
create table s3_lifecycle (bucket integer primary key, next_ms integer not null);
create index s3_lifecycle_next on s3_lifecycle (next_ms);
