create table orders (
  id bigint generated always as identity primary key,
  item text not null,
  price numeric not null
);
insert into orders (item, price) values ('A kettle', 42), ('Two cups', 18), ('A teapot', 65);
