/** What the dialog says for each scope, in the order in which it says it. */
export const SCOPES: Readonly<Record<string, string>> = {
  read_inbox: "Read your global inbox",
  no_expiry: "Keep these permissions perpetually",
  write_access: "Create and change content on your behalf",
  private_info: "Access your private actions and information",
};

/** Said whatever was asked for. */
export const IDENTIFY = "Identify your account";
