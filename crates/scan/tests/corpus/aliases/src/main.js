import { post } from "@/lib/http";
post("/in"); // ~ fetch https://alias.example.com/in
