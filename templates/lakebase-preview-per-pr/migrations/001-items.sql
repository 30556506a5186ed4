-- Each file is run once. What has run in production is there in every preview, and is not run again.
create table items (
  id int generated always as identity primary key,
  name text not null,
  customer text not null
);
