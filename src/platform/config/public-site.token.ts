/** Where others find this installation, and how they tell it of a weakness. */
export interface PublicSite {
  /** Origin, without a slash at its end: what absolute addresses begin with. */
  url: string;
  /** A URI for whoever found a weakness of this installation; nothing says so where it is undefined. */
  securityContact: string | undefined;
}

/** Injects the PublicSite of this installation. */
export const PUBLIC_SITE = Symbol('public-site');
