create table s3_uploads (
    id integer primary key,
    upload text not null,
    bucket integer not null,
    key blob not null,
    initiated_ms integer not null,
    storage_class text not null,
    content_type text not null,
    checksum_algorithm text not null,
    checksum_type text not null,
    headers text
);
create unique index s3_uploads_upload on s3_uploads (upload);
create unique index s3_uploads_key on s3_uploads (bucket, key, upload);

create table s3_parts (
    id integer primary key,
    upload integer not null,
    number integer not null,
    size integer not null,
    modified_ms integer not null,
    etag text not null,
    checksum text not null,
    blob text,
    body blob
);
create unique index s3_parts_number on s3_parts (upload, number);
