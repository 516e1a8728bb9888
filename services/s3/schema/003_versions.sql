-- Every row is a version of an object or a delete marker; an object of a bucket without versions is the null
-- version that is current. A rowid table: a body of up to 64 KiB stands in its row. A key's rows stand in one
-- of two indexes: the current object in s3_versions_current, everything else (older versions, delete markers)
-- in s3_versions_older. So reading, writing and listing current objects never meet the others, however many
-- they are.
create table s3_versions (
    id integer primary key,
    bucket integer not null,
    key blob not null,
    version text,                       -- null: the null version
    ordinal integer not null,           -- grows with every version of the key
    is_current integer not null,        -- 1: the object that a read without a version finds
    delete_marker integer not null,     -- 1: no object; never current
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
    body blob                           -- last, so that lists never read it
);
create unique index s3_versions_current on s3_versions (bucket, key) where is_current = 1;
create unique index s3_versions_older on s3_versions (bucket, key, ordinal desc) where is_current = 0;
create unique index s3_versions_null on s3_versions (bucket, key) where version is null and is_current = 0;
