-- What a bucket is configured with: one row a kind, or a row an Id where a kind may stand several times.
create table s3_configurations (
    id integer primary key,
    bucket integer not null,
    kind integer not null,  -- see configuration/kind.h
    name text not null,     -- the configuration's Id; empty for a kind that stands once
    body text not null      -- the document as XML; a policy as JSON
);
create unique index s3_configurations_name on s3_configurations (bucket, kind, name);
