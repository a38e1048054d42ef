import { users } from "./users";
users.one("7"); // ~ fetch https://users.example.com/users/7
