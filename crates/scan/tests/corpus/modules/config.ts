export const base = "https://api.example.com";
export default { timeout: 1, paths: { users: "/users" } };
