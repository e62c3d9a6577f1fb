# Both images can be replaced by a mirror's, for example --build-arg BASE=registry.example/nodejs24.
ARG BUILDER=docker.io/library/node:24-bookworm-slim
ARG BASE=gcr.io/distroless/nodejs24-debian12:nonroot

# What is built is JavaScript, the same for every platform: nothing runs under emulation.
FROM --platform=$BUILDPLATFORM ${BUILDER} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
# The optional dependencies are a Node for machines that have none: 190 MB that this image has
# already. --omit=optional would leave out the bundler's native part with them.
RUN npm pkg delete optionalDependencies && npm ci
COPY tsconfig.json rolldown.config.ts ./
COPY scripts/bundle scripts/bundle
COPY src src
RUN npm run build

# Docker would take this platform anyway; some buildah would take that of the stage above.
FROM --platform=$TARGETPLATFORM ${BASE}
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="portlock" \
      org.opencontainers.image.description="Makes the ports declared in a pod spec the only ones that can be reached, and proves it by probing" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /app
COPY LICENSE ./
COPY --from=build /src/dist/ ./
# The number and not the name: the kubelet cannot check runAsNonRoot against a name.
USER 65532:65532
# Arguments, as in `docker run IMAGE render -`, replace the CMD alone.
ENTRYPOINT ["/nodejs/bin/node", "/app/portlock.js"]
CMD ["operator"]
