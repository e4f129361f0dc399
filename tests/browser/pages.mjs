// What a person looks for on the pages.

// Microsoft's rules want another verb on its button.
export const signIn = (page, provider = 'Google') =>
  page.getByRole('link', { name: `${provider === 'Microsoft' ? 'Sign in' : 'Continue'} with ${provider}` });
export const signOut = (page) => page.getByRole('button', { name: 'Sign out' });
export const person = (page, name) => page.getByRole('button', { name });
export const button = (page, name) => page.getByRole('button', { name });
export const link = (page, name) => page.getByRole('link', { name });
export const heading = (page, name) => page.getByRole('heading', { name });
