-- The account that began the upload; null: the bucket's owner.
alter table s3_uploads add column initiator text;
