-- Shards of streams. A stream has one open shard; the next one begins where it ends. `last_sequence` of a
-- closed shard is a number that no record has, `parent` its parent's id, which outlives the parent.
create table dynamodb_stream_shards (
    number integer primary key autoincrement,
    stream integer not null,
    parent text not null,
    opened_ms integer not null,
    closed_ms integer,
    first_sequence integer not null,
    last_sequence integer
);
create index dynamodb_stream_shards_by_stream on dynamodb_stream_shards (stream, number);
create index dynamodb_stream_shards_by_time on dynamodb_stream_shards (closed_ms, opened_ms);
