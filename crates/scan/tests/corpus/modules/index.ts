export * from "./api";
export * as named from "./api";
