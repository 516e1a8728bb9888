-- Bucket names are one space for all accounts and regions.
create table s3_buckets (
    id integer primary key,
    account text not null,
    region text not null,
    name text not null,
    location text not null,      -- the LocationConstraint as given; empty for us-east-1
    ownership text not null,     -- BucketOwnerEnforced, BucketOwnerPreferred, ObjectWriter
    acl text not null,           -- canned; empty: private
    created_ms integer not null,
    notification text            -- JSON, see notification.h; null: none
);
create unique index s3_buckets_name on s3_buckets (name);
create unique index s3_buckets_account on s3_buckets (account, name);

-- A rowid table: a body of up to 64 KiB stands in its row. The body comes last, so that lists never read it.
create table s3_objects (
    id integer primary key,
    bucket integer not null,
    key blob not null,
    size integer not null,
    modified_ms integer not null,
    etag text not null,                 -- without quotes
    storage_class text not null,
    content_type text not null,
    checksum_algorithm text not null,   -- empty: none
    checksum text not null,             -- base64; "-3" behind it for a composite one of three parts
    checksum_type text not null,
    headers text,                       -- JSON, see object_headers.h; null: none
    parts text,                         -- JSON, see parts.h; null: not from a multipart upload
    blob text,                          -- of the blob store; null: the body is inline
    body blob
);
create unique index s3_objects_key on s3_objects (bucket, key);

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

-- The last sequencer of an event record: it grows with every event, across restarts.
create table s3_sequencer (id integer primary key, value integer not null);
insert into s3_sequencer (id, value) values (1, 0);
