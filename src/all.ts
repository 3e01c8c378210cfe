import { sdk } from "./sdk";

sdk(window);
