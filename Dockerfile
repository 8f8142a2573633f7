# syntax=docker/dockerfile:1
# exportrules with its rules, compiled, and what audits, `serve` and `mcp` need. Runs as nobody in particular, on a read-only root,
# without a network but for `serve`:
#   docker build -t exportrules .
#   docker run --rm --read-only --network none exportrules check A100 --on 2022-09-15
#   docker run --rm --read-only --network none -v "$PWD:/work" --user "$(id -u)" exportrules audit ledger.csv --exporter other -o out.csv
#   docker run --rm --read-only --tmpfs /tmp -p 127.0.0.1:8731:8731 exportrules serve --host 0.0.0.0 --allow-host localhost
#   docker run --rm -i --read-only --network none exportrules mcp
ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE constraints.txt ./
COPY exportrules exportrules
COPY rulesets rulesets
RUN python -m venv /opt/exportrules \
    && /opt/exportrules/bin/pip install --no-cache-dir '.[mcp,serve]' -c constraints.txt \
    && EXPORTRULES_CACHE=/opt/exportrules/compiled /opt/exportrules/bin/exportrules check A100 --on 2022-09-15 \
    && /opt/exportrules/bin/python -m compileall -q /opt/exportrules/lib \
    && chmod -R a+rX /opt/exportrules

FROM python:${PYTHON}-slim
LABEL org.opencontainers.image.title="exportrules" \
      org.opencontainers.image.description="Was this AI chip exportable on that day? Dated, cited US export rules, computed." \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /opt/exportrules /opt/exportrules
# the compiled rules are read from where they were written, and never written again
ENV PATH=/opt/exportrules/bin:$PATH \
    EXPORTRULES_CACHE=/opt/exportrules/compiled \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin exportrules
USER 10001
WORKDIR /work
ENTRYPOINT ["exportrules"]
CMD ["--help"]
