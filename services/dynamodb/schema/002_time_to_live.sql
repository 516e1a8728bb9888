-- When the items of tables with time to live are due, by the second; kept by every write while it is enabled.
create table dynamodb_expiries (
    table_number integer not null,
    key blob not null,
    due_s integer not null,
    primary key (table_number, key)
) without rowid;
create index dynamodb_expiries_by_time on dynamodb_expiries (due_s, table_number, key);

-- Rows of dynamodb_expiries still to be made of the items after `cursor` ('fill'), or erased ('erase').
create table dynamodb_expiry_jobs (
    table_number integer primary key,
    kind text not null,
    cursor blob not null
);
