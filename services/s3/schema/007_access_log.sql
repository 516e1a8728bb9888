-- Lines of server access logs that are not delivered yet, and when those of a bucket are due.
create table s3_log_lines (
    id integer primary key,
    bucket integer not null,
    due_ms integer not null,
    line text not null
);
create index s3_log_lines_bucket on s3_log_lines (bucket, id);
create index s3_log_lines_due on s3_log_lines (due_ms);
