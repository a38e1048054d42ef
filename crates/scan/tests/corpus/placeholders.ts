import i18next from "i18next";
import HttpBackend from "i18next-http-backend";
import createClient from "openapi-fetch";
import { TranslateHttpLoader } from "@ngx-translate/http-loader";
i18next.use(HttpBackend).init({ backend: { loadPath: "/locales/{{lng}}/{{ns}}.json" } }); // ~ fetch /locales/{lng}/{ns}.json
const marks = { prefix: "__", suffix: "__" };
// ~ fetch /{location.pathname}locales/{ns}?lng={lng}
i18next.init({ backend: { loadPath: "/" + location.pathname + "locales/__ns__?lng=__lng__" }, interpolation: marks });
i18next.init({ lng: "en" });
const api = createClient({ baseUrl: "https://api.example.com" });
api.GET("/users/{id}"); // ~ fetch https://api.example.com/users/{id}
new TranslateHttpLoader(http); // ~ xhr /assets/i18n/{lang}.json medium
new TranslateHttpLoader(http, "./i18n/"); // ~ xhr ./i18n/{lang}.json medium
