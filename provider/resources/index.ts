/** Every resource that there is. A new one is a file here and its line below. */
export { branch } from "./branch";
export { endpoint } from "./endpoint";
export { project } from "./project";
