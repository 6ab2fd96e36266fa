# UNBUILT: nobody has built or run this image yet. One image for web, workers, notify and audit; the command says which.
# When it is first built, pin the base image by the digest that was tested.
ARG PYTHON=3.11.7-slim-bookworm

FROM python:${PYTHON} AS built
WORKDIR /app
RUN python -m venv /venv
COPY requirements/ requirements/
RUN /venv/bin/python -m pip install --no-cache-dir --no-deps --require-hashes -r requirements/run.txt
COPY bpmn/ bpmn/
COPY contracts/ contracts/
COPY services/ services/
COPY deploy/topics.toml deploy/topics.toml
RUN /venv/bin/python -m services.case.web.assets

FROM python:${PYTHON}
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin casework
COPY --from=built /venv /venv
COPY --from=built /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 10001
EXPOSE 8000
CMD ["python", "-m", "services.case", "web", "--host", "0.0.0.0", "--port", "8000"]
