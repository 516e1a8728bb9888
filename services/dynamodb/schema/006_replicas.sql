-- Of items in global tables: which write of which region they show, or were deleted by. The later one wins
-- everywhere. Kept for as long as an earlier write may still arrive.
create table dynamodb_stamps (
    table_number integer not null,
    key blob not null,
    at_ms integer not null,
    region text not null,
    sequence integer not null,
    primary key (table_number, key)
) without rowid;
create index dynamodb_stamps_by_time on dynamodb_stamps (at_ms);
