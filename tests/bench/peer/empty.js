// What Node itself costs.
exports.handler = async () => ({});
