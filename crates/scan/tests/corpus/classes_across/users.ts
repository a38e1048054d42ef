import { Client } from "./client";
export class Users extends Client {
  one(id: string) { return this.request("/users/" + id); }
}
export const users = new Users("https://users.example.com");
