-- Restored copies of archived versions, and when each goes.
create table s3_restored_copies (
    id integer primary key,             -- of the version's row
    bucket integer not null,
    key blob not null,
    version text not null,              -- "null" too
    until_ms integer not null
);
create index s3_restored_copies_until on s3_restored_copies (until_ms);
