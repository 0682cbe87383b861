# plansync as an image: the daemon, a worker, or any other command.
#
#   docker build --tag plansync .
#   docker run --rm --volume ./my-project:/plans plansync once
#
# Another base, or the same one by digest: --build-arg PYTHON_IMAGE=python:3.11-slim-bookworm@sha256:…
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

# ---------------------------------------------------------------------------------------------------------- the wheel
FROM ${PYTHON_IMAGE} AS build
WORKDIR /build

# What builds the wheel stays apart from what runs it; both are pinned with hashes.
COPY requirements/build.txt requirements/runtime.txt requirements/
RUN python -m venv /build/venv \
 && /build/venv/bin/python -m pip install --quiet --no-cache-dir --require-hashes --requirement requirements/build.txt \
 && python -m venv --without-pip /opt/plansync \
 && /build/venv/bin/python -m pip --python /opt/plansync/bin/python install --quiet --no-cache-dir --require-hashes --requirement requirements/runtime.txt

COPY pyproject.toml README.md LICENSE ./
COPY plansync plansync
COPY templates templates
COPY config config
COPY examples examples
RUN /build/venv/bin/python -m build --wheel --no-isolation --outdir /build/dist \
 && /build/venv/bin/python -m pip --python /opt/plansync/bin/python install --quiet --no-cache-dir --no-index --no-deps /build/dist/*.whl

# ---------------------------------------------------------------------------------------------------------- the image
FROM ${PYTHON_IMAGE}

# Versions of these are the distribution's, which mends them: a pin would keep the fault.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates git \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --gid 10001 plansync \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/plansync --shell /usr/sbin/nologin plansync

# All that plansync writes goes to /var/lib/plansync, to the plans, and to /tmp; the rest of the image may be read-only.
# The working folder ties them together: configuration, state and plans are links out of it. Group 0 may write, so that
# a container may be given another user id (--user 1234:0).
RUN mkdir -p /var/lib/plansync /etc/plansync /plans /srv/plansync \
 && ln -s /etc/plansync/plansync.toml /srv/plansync/plansync.toml \
 && ln -s /var/lib/plansync /srv/plansync/.plansync \
 && ln -s /plans /srv/plansync/plans \
 && chown 10001:0 /var/lib/plansync /plans \
 && chmod 0770 /var/lib/plansync /plans

COPY --from=build /opt/plansync /opt/plansync

ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="plansync" \
      org.opencontainers.image.description="Keeps Markdown implementation plans in step with the issues of GitHub, GitLab or a tracker of its own" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

# Inside a container loopback would be nobody's address; what is published of the port is said outside.
ENV PATH="/opt/plansync/bin:${PATH}" \
    HOME=/var/lib/plansync \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PLANSYNC_WEB__HOST=0.0.0.0

USER 10001:0
WORKDIR /srv/plansync
VOLUME ["/var/lib/plansync"]
EXPOSE 8484
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', int(os.environ.get('PLANSYNC_WEB__PORT', '8484')), timeout=4); c.request('GET', '/healthz'); sys.exit(c.getresponse().status != 200)"]
ENTRYPOINT ["plansync"]
CMD ["daemon", "--log-format", "json"]
