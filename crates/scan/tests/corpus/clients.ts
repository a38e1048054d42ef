import axios from "axios";
import ky from "ky";
import $ from "jquery";
import { io } from "socket.io-client";
import { createClient } from "@supabase/supabase-js";
import * as Sentry from "@sentry/browser";
import posthog from "posthog-js";
import { HttpClient } from "@angular/common/http";
import { loadStripe } from "@stripe/stripe-js";
import { httpBatchLink } from "@trpc/client";
axios.get("https://axios.example.com/a"); // ~ xhr https://axios.example.com/a
axios({ url: "/b", baseURL: "https://axios.example.com/" }); // ~ xhr https://axios.example.com/b
const instance = axios.create({ baseURL: "https://instance.example.com/v1" });
instance.post("/c", {}); // ~ xhr https://instance.example.com/v1/c
instance.request({ url: "d" }); // ~ xhr https://instance.example.com/v1/d
const remote = ky.create({ prefixUrl: "https://ky.example.com" });
remote.get("e"); // ~ fetch https://ky.example.com/e
$.ajax({ url: "/f" }); // ~ xhr /f
$.getJSON("/g"); // ~ xhr /g
// ~ xhr https://io.example.com/socket.io/
// ~ websocket wss://io.example.com/socket.io/
io("https://io.example.com");
// ~ xhr {location.origin}/socket.io/
// ~ websocket {location.origin as ws}/socket.io/
io();
// ~ fetch https://abc.supabase.co
// ~ websocket wss://abc.supabase.co/realtime/v1/websocket
createClient("https://abc.supabase.co", "key");
Sentry.init({ dsn: "https://k@o1.ingest.sentry.io/42" }); // ~ fetch https://o1.ingest.sentry.io/api/42/envelope/
posthog.init("phc_x", {}); // ~ fetch https://us.i.posthog.com medium
class Service {
  constructor(private http: HttpClient) {}
  load() { return this.http.get("/angular"); } // ~ xhr /angular
}
loadStripe("pk"); // ~ fetch https://api.stripe.com/ medium
httpBatchLink({ url: "/api/trpc" }); // ~ fetch /api/trpc
function load(path: string) { return instance.get(path); }
load("/wrapped"); // ~ xhr https://instance.example.com/v1/wrapped
