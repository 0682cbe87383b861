"""The manifests are what Kubernetes takes, name only what there is, and give nothing more rights than it needs."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

import plansync
from plansync.settings import load_settings
from plansync.settings.environment import Known
from plansync.settings.secrets import is_secret
from plansync.settings.tables import DaemonSettings, WebSettings
from tests.deploy.kubernetes_schemas import RELEASES, definitions

FOLDER = Path(__file__).parents[2] / "config/deploy/kubernetes"
FILES = sorted(path.name for path in FOLDER.glob("*.yaml") if path.name != "kustomization.yaml")
MODELS = {
    ("apps/v1", "Deployment"): "io.k8s.api.apps.v1.Deployment",
    ("networking.k8s.io/v1", "Ingress"): "io.k8s.api.networking.v1.Ingress",
    ("networking.k8s.io/v1", "NetworkPolicy"): "io.k8s.api.networking.v1.NetworkPolicy",
    ("policy/v1", "PodDisruptionBudget"): "io.k8s.api.policy.v1.PodDisruptionBudget",
    ("v1", "Secret"): "io.k8s.api.core.v1.Secret",
    ("v1", "Service"): "io.k8s.api.core.v1.Service",
}

Object = dict[str, Any]


def objects(name: str) -> list[Object]:
    """Return the objects of one file."""
    return list(yaml.safe_load_all((FOLDER / name).read_text("utf-8")))


def all_objects() -> list[Object]:
    """Return the objects of all files."""
    return [one for name in FILES for one in objects(name)]


def kustomization() -> Object:
    """Return what ties the files together."""
    (one,) = objects("kustomization.yaml")
    return one


def deployments() -> list[Object]:
    """Return the deployments."""
    found = [one for one in all_objects() if one["kind"] == "Deployment"]
    assert {one["metadata"]["name"] for one in found} == {"plansync-daemon", "plansync-worker"}
    return found


def containers() -> Iterator[tuple[Object, Object]]:
    """Yield each container with its pod."""
    for deployment in deployments():
        pod = deployment["spec"]["template"]["spec"]
        for container in (*pod["initContainers"], *pod["containers"]):
            yield pod, container


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("name", FILES)
def test_every_object_is_as_kubernetes_describes_it(name: str, release: str) -> None:
    models = definitions(release)["$defs"]
    for one in objects(name):
        model = MODELS[one["apiVersion"], one["kind"]]
        schema = {"$ref": f"#/$defs/{model}", "$defs": json.loads(_with_local_references(models))}
        faults = [f"{fault.json_path}: {fault.message}" for fault in Draft202012Validator(schema).iter_errors(one)]
        assert faults == []


def _with_local_references(models: Object) -> str:
    return json.dumps(models).replace("/api/_definitions.json#/", "#/")


def test_a_field_that_kubernetes_does_not_know_would_be_found() -> None:
    models = json.loads(_with_local_references(definitions(RELEASES[-1])["$defs"]))
    (service,) = objects("service.yaml")
    service["spec"]["port"] = service["spec"].pop("ports")
    schema = {"$ref": "#/$defs/io.k8s.api.core.v1.Service", "$defs": models}
    assert not Draft202012Validator(schema).is_valid(service)


def test_the_kustomization_takes_every_file_but_the_examples() -> None:
    named = set(kustomization()["resources"])
    assert named == set(FILES) - {"secret.example.yaml", "ingress.yaml"}
    assert "# - ingress.yaml" in (FOLDER / "kustomization.yaml").read_text("utf-8")


def test_kubectl_puts_the_files_together() -> None:
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("no kubectl here")
    done = subprocess.run([kubectl, "kustomize", FOLDER], capture_output=True, text=True, check=True)
    made = list(yaml.safe_load_all(done.stdout))
    (config,) = (one for one in made if one["kind"] == "ConfigMap")
    volumes = [one["spec"]["template"]["spec"]["volumes"] for one in made if one["kind"] == "Deployment"]
    used = {volume["configMap"]["name"] for pod in volumes for volume in pod if "configMap" in volume}
    assert used == {config["metadata"]["name"]}
    assert {one["metadata"]["namespace"] for one in made} == {"plansync"}


def test_the_image_is_one_and_has_this_version() -> None:
    (image,) = kustomization()["images"]
    assert {container["image"] for _, container in containers()} == {image["name"]}
    assert image["newTag"] == plansync.__version__


def test_no_container_may_more_than_it_must() -> None:
    for pod, container in containers():
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert pod["securityContext"]["runAsNonRoot"]
        assert pod["securityContext"]["runAsUser"] == 10001
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["enableServiceLinks"] is False
        assert pod["automountServiceAccountToken"] is False


def test_pods_have_longer_to_end_than_the_step_in_hand() -> None:
    grace = DaemonSettings().grace.total_seconds()
    assert all(pod["terminationGracePeriodSeconds"] > grace + 5 for pod, _ in containers())


def test_volumes_that_are_mounted_are_there_and_are_made_of_what_there_is() -> None:
    secrets = {one["metadata"]["name"] for one in objects("secret.example.yaml")}
    configs = {one["name"] for one in kustomization()["configMapGenerator"]}
    for pod, container in containers():
        volumes = {volume["name"]: volume for volume in pod["volumes"]}
        assert {mount["name"] for mount in container["volumeMounts"]} == volumes.keys()
        assert volumes["secrets"]["secret"]["secretName"] in secrets
        assert volumes["config"]["configMap"]["name"] in configs


def test_selectors_choose_the_pods_they_are_meant_for() -> None:
    pods = [one["spec"]["template"]["metadata"]["labels"] for one in deployments()]
    chosen = {
        (one["kind"], one["metadata"]["name"]): [
            pod["app.kubernetes.io/component"]
            for pod in pods
            if (wanted := one["spec"].get("podSelector") or one["spec"]["selector"])
            and wanted.get("matchLabels", wanted).items() <= pod.items()
        ]
        for one in all_objects()
        if one["kind"] in {"NetworkPolicy", "PodDisruptionBudget", "Service"}
    }
    assert chosen == {
        ("NetworkPolicy", "plansync"): ["daemon", "worker"],
        ("NetworkPolicy", "plansync-daemon"): ["daemon"],
        ("PodDisruptionBudget", "plansync-daemon"): ["daemon"],
        ("Service", "plansync"): ["daemon"],
    }
    for deployment in deployments():
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        assert deployment["spec"]["selector"]["matchLabels"] == labels


def test_the_port_is_the_daemon_s_everywhere() -> None:
    (daemon,) = (container for _, container in containers() if container["name"] == "daemon")
    assert daemon["ports"] == [{"name": "http", "containerPort": WebSettings().port}]
    probes = [daemon[name]["httpGet"] for name in ("startupProbe", "livenessProbe", "readinessProbe")]
    assert probes == [{"path": path, "port": "http"} for path in ("/healthz", "/healthz", "/readyz")]
    (service,) = objects("service.yaml")
    assert [port["targetPort"] for port in service["spec"]["ports"]] == ["http"]
    (ingress,) = objects("ingress.yaml")
    (path,) = ingress["spec"]["rules"][0]["http"]["paths"]
    assert path["path"] == "/webhooks/"
    assert path["backend"]["service"] == {"name": service["metadata"]["name"], "port": {"name": "http"}}


def test_the_example_of_the_secret_has_the_names_of_secrets_and_no_values() -> None:
    (secret,) = objects("secret.example.yaml")
    assert set(secret["stringData"].values()) == {""}
    assert [name for name in secret["stringData"] if not is_secret(Known(["web"]), name)] == []


def test_the_configuration_loads_with_the_secrets_and_variables_of_a_pod(tmp_path: Path) -> None:
    (secret,) = objects("secret.example.yaml")
    url = "postgresql+psycopg://plansync:canary@postgres.example.com/plansync"
    for name in secret["stringData"]:
        (tmp_path / name).write_text(url if name.endswith("URL") else "some")
    for _, container in containers():
        (variable,) = container["env"]
        environ = {variable["name"]: str(tmp_path), "PLANSYNC_SERVICE_HOST": "10.0.0.1", "PLANSYNC_PORT": "tcp://x"}
        settings = load_settings(config=FOLDER / "plansync.toml", environ=environ)
        assert settings.state.url.get_secret_value() == url
        assert settings.targets[0].source.kind == "git"
