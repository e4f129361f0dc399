// What a person looks for on the pages.

export const signIn = (page, provider = 'Google') => page.getByRole('link', { name: `Continue with ${provider}` });
export const signOut = (page) => page.getByRole('button', { name: 'Sign out' });
export const person = (page, name) => page.getByRole('button', { name });
export const heading = (page, name) => page.getByRole('heading', { name });
