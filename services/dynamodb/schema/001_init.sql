-- Tables by account and region; everything else hangs on a table's number, which is never used again.
-- `version` rises with every change of `definition`, so that a cached one can be told from a stale one.
create table dynamodb_tables (
    number integer primary key autoincrement,
    account text not null,
    region text not null,
    name text not null,
    version integer not null,
    definition text not null
);
create unique index dynamodb_tables_by_name on dynamodb_tables (account, region, name);

-- What every write changes, apart from the definition: kept small. `sequence` numbers the stream's records.
create table dynamodb_counts (
    table_number integer primary key,
    items integer not null,
    bytes integer not null,
    sequence integer not null
);

-- `key`: hash of the partition key, partition key, sort key, as base/ordered_key.h encodes them.
-- `item`: the item as DynamoDB's JSON, with canonical numbers; `size`: bytes by AWS's formula.
create table dynamodb_items (
    table_number integer not null,
    key blob not null,
    size integer not null,
    item text not null
);
create unique index dynamodb_items_by_key on dynamodb_items (table_number, key);

-- An index holds keys only: a projection is made of the item when it is read.
create table dynamodb_index_entries (
    table_number integer not null,
    index_number integer not null,
    key blob not null,
    item_key blob not null,
    primary key (table_number, index_number, key)
) without rowid;

create table dynamodb_streams (
    number integer primary key autoincrement,
    account text not null,
    region text not null,
    table_name text not null,
    table_number integer not null,
    label text not null,
    view text not null,
    keys text not null,
    created_ms integer not null,
    closed_ms integer
);
create index dynamodb_streams_by_table on dynamodb_streams (account, region, table_name, number);

-- `place`: the stream's number and the record's sequence in one integer, so records append to one tree.
create table dynamodb_stream_records (
    place integer primary key,
    written_ms integer not null,
    event text not null,
    size integer not null,
    keys text not null,
    new_image text,
    old_image text,
    trace text not null,
    by_service integer not null default 0  -- 1: the record tells of a deletion by time to live
);

-- Entries of an index still to be made ('fill', from the item after `cursor`) or erased ('erase').
create table dynamodb_index_jobs (
    table_number integer not null,
    index_number integer not null,
    kind text not null,
    cursor blob not null,
    primary key (table_number, index_number)
) without rowid;

-- ClientRequestTokens of transactions that were made, with a digest of what they asked for.
create table dynamodb_tokens (
    account text not null,
    region text not null,
    token text not null,
    digest text not null,
    made_ms integer not null,
    primary key (account, region, token)
) without rowid;
create index dynamodb_tokens_by_time on dynamodb_tokens (made_ms);

-- Tables that are gone and whose rows are being erased, in the background and in chunks.
create table dynamodb_erasures (
    table_number integer primary key
);
