-- What CompleteMultipartUpload answered, so that a client that missed the answer may ask again.
create table s3_completed_uploads (
    id integer primary key,
    upload text not null,
    bucket integer not null,
    key blob not null,
    completed_ms integer not null,
    etag text not null,
    version text,                       -- null: the null version
    checksum_algorithm text not null,
    checksum text not null,
    checksum_type text not null,
    headers text
);
create unique index s3_completed_uploads_upload on s3_completed_uploads (upload);
create index s3_completed_uploads_time on s3_completed_uploads (completed_ms);
