import axios from "axios";
import { inject } from "@angular/core";
import { HttpClient } from "@angular/common/http";
import { ApolloClient, createHttpLink } from "@apollo/client";
import { createClient } from "graphql-ws";
axios.defaults.baseURL = "https://defaults.example.com/api";
axios.get("/users"); // ~ xhr https://defaults.example.com/api/users
axios.post("https://other.example.com/x"); // ~ xhr https://other.example.com/x
class Injected {
  private http = inject(HttpClient);
  load(id: string) { return this.http.get(`/api/${id}`); } // ~ xhr /api/{id}
}
createHttpLink({ uri: "/graphql" }); // ~ fetch /graphql
createClient({ url: "wss://graphql.example.com" }); // ~ websocket wss://graphql.example.com
$("#list").load("/part.html"); // ~ xhr /part.html
$(window).load(function () {});
gtag("config", "G-1"); // ~ fetch https://www.google-analytics.com/g/collect medium
