-- Buckets that are bound to a folder of this machine.
create table s3_mounts (bucket integer primary key, folder text not null);

-- What was last known of each file: a file that differs was changed by a program.
create table s3_mount_files (
    id integer primary key,
    bucket integer not null,
    key blob not null,
    size integer not null,
    modified_ns integer not null,
    etag text not null
);
create unique index s3_mount_files_key on s3_mount_files (bucket, key);

-- Keys whose file has to follow, and the event that waits for it; target empty: no event.
create table s3_mount_queue (
    id integer primary key,
    bucket integer not null,
    key blob not null,
    event_id text not null,
    type text not null,
    account text not null,
    time_ms integer not null,
    trace_id text not null,
    trace_cause text not null,
    trace_depth integer not null,
    payload text not null,
    target text not null
);
create index s3_mount_queue_bucket on s3_mount_queue (bucket);
