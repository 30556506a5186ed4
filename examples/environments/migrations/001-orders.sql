create table orders (
  id bigint generated always as identity primary key,
  item text not null
);
insert into orders (item) values ('A kettle'), ('Two cups');
grant select, insert, update on orders to app;
