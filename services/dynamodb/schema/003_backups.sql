-- Resource-based policies of tables (`stream` is empty) and of their streams (its label).
create table dynamodb_policies (
    table_number integer not null,
    stream text not null,
    revision text not null,
    policy text not null,
    primary key (table_number, stream)
);

-- What items were before each write, of tables that can be recovered or are being copied; null: nothing stood
-- there. Kept as long as point-in-time recovery may ask for it.
create table dynamodb_history (
    id integer primary key autoincrement,
    table_number integer not null,
    key blob not null,
    at_ms integer not null,
    size integer not null,
    item text
);
create index dynamodb_history_by_key on dynamodb_history (table_number, key, id);
create index dynamodb_history_by_table on dynamodb_history (table_number, id);

-- Histories that nobody needs any more, erased in chunks.
create table dynamodb_history_erasures (
    table_number integer primary key
);

-- Backups of tables. Their items stand in dynamodb_items under the table number -`number`.
create table dynamodb_backups (
    number integer primary key autoincrement,
    account text not null,
    region text not null,
    table_name text not null,
    id text not null,
    name text not null,
    type text not null,
    status text not null,
    created_ms integer not null,
    expires_ms integer,
    items integer not null,
    bytes integer not null,
    definition text not null
);
create unique index dynamodb_backups_by_id on dynamodb_backups (account, region, table_name, id);
create index dynamodb_backups_by_time on dynamodb_backups (account, region, created_ms, number);

-- Copies that are being made: from a table or a backup (negative) to the other. `position` is the last entry
-- of the history that the copy shall contain, -1 where the source does not change. Phase 0 goes through the
-- source's items, phase 1 through its history after `position`, which knows of items that are gone; `cursor`
-- is the last key done, or the last entry.
create table dynamodb_copies (
    id integer primary key autoincrement,
    source integer not null,
    target integer not null,
    position integer not null,
    phase integer not null,
    cursor blob not null
);
