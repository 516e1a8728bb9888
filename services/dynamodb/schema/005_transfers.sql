-- Exports of tables to S3. `request` is ExportTableToPointInTime's input as JSON, `definition` the table's as
-- it was then. The export holds what stood at history entry `to_position`; an incremental one what changed
-- after `from_position` up to there. `cursor` is the last key written. Phase 0 writes data, phase 1 the
-- manifests.
create table dynamodb_exports (
    number integer primary key autoincrement,
    account text not null,
    region text not null,
    table_name text not null,
    id text not null,
    table_number integer not null,
    definition text not null,
    request text not null,
    token text not null,
    digest text not null,
    status text not null,
    created_ms integer not null,
    ended_ms integer,
    export_ms integer not null,
    from_ms integer not null,
    from_position integer not null,
    to_position integer not null,
    phase integer not null,
    cursor blob not null,
    files integer not null,
    items integer not null,
    bytes integer not null,
    failure_code text not null,
    failure_message text not null
);
create unique index dynamodb_exports_by_id on dynamodb_exports (account, region, table_name, id);
create index dynamodb_exports_by_status on dynamodb_exports (status, number);

-- What an export's manifest says of each data file: a line of JSON.
create table dynamodb_export_files (
    export integer not null,
    position integer not null,
    line text not null,
    primary key (export, position)
) without rowid;

-- Imports of tables from S3. `request` is ImportTable's input as JSON. Objects up to `last_key` are done, and
-- `done` items of the next one.
create table dynamodb_imports (
    number integer primary key autoincrement,
    account text not null,
    region text not null,
    table_name text not null,
    id text not null,
    table_number integer not null,
    table_id text not null,
    request text not null,
    token text not null,
    digest text not null,
    status text not null,
    created_ms integer not null,
    ended_ms integer,
    last_key text not null,
    done integer not null,
    bytes integer not null,
    processed integer not null,
    imported integer not null,
    errors integer not null,
    failure_code text not null,
    failure_message text not null
);
create unique index dynamodb_imports_by_id on dynamodb_imports (account, region, table_name, id);
create index dynamodb_imports_by_status on dynamodb_imports (status, number);
