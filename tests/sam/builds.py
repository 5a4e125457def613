"""Check what `sam build` made.

Usage: builds.py template.yaml build-folder

Fails where a bootstrap was built more than once, a function was not built or has another bootstrap than its API's,
a bootstrap needs a newer C library than the runtime has, or its zip is over the bar.
"""

import hashlib
import pathlib
import re
import subprocess
import sys
import zipfile

import tomlkit
from samcli.yamlhelper import parse_yaml_file

# glibc of Amazon Linux 2023, the system of provided.al2023.
NEWEST_GLIBC = (2, 34)
# The bar of the cold start: a bootstrap's zip, in bytes.
LARGEST_ZIP = 3_000_000


def functions(template: pathlib.Path) -> dict[str, dict]:
    """Functions of a template by logical id."""
    resources = parse_yaml_file(str(template))["Resources"]
    return {name: it for name, it in resources.items() if it["Type"] == "AWS::Serverless::Function"}


def newest_glibc(bootstrap: pathlib.Path) -> tuple[int, ...]:
    """The newest version of glibc that a symbol of the file asks for."""
    symbols = subprocess.run(["objdump", "-T", str(bootstrap)], check=True, capture_output=True, text=True).stdout
    versions = {tuple(map(int, found.split("."))) for found in re.findall(r"GLIBC_([0-9.]+)", symbols)}
    if not versions:
        raise SystemExit(f"{bootstrap}: objdump found no glibc symbol, so nothing was checked")
    return max(versions)


def zip_size(bootstrap: pathlib.Path) -> int:
    """Size in bytes of the zip that Lambda would get."""
    packed = bootstrap.with_suffix(".zip")
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.write(bootstrap, "bootstrap")
    size = packed.stat().st_size
    packed.unlink()
    return size


def check(binary: str, bootstrap: pathlib.Path) -> list[str]:
    """What is wrong with one bootstrap. Prints its figures."""
    glibc, size = newest_glibc(bootstrap), zip_size(bootstrap)
    version = ".".join(map(str, glibc))
    print(f"{binary}: {bootstrap.stat().st_size:,} bytes, zip {size:,} bytes, glibc {version}")
    faults = []
    if glibc > NEWEST_GLIBC:
        faults.append(f"{binary} needs glibc {version}: build with CARGO_LAMBDA_COMPILER=cargo-zigbuild")
    if size > LARGEST_ZIP:
        faults.append(f"{binary}: a zip of {size:,} bytes is over {LARGEST_ZIP:,}")
    return faults


def main() -> int:
    template, build = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    wanted = functions(template)
    built = functions(build / "template.yaml")
    faults = [f"{name} was not built" for name in wanted.keys() - built.keys()]

    binaries = {name: it["Metadata"]["BuildProperties"]["Binary"] for name, it in wanted.items()}
    # What SAM itself lists as builds, each with the functions that share it.
    graph = tomlkit.parse((build.parent / "build.toml").read_text()).unwrap()
    builds = graph["function_build_definitions"].values()
    shared = {name for it in builds for name in it["functions"]}
    faults += [f"{name} is in no build" for name in wanted.keys() - shared]
    print(f"{len(built)} functions, {len(set(binaries.values()))} bootstraps, {len(builds)} builds")

    for binary in sorted(set(binaries.values())):
        count = sum(it["metadata"]["BuildProperties"]["Binary"] == binary for it in builds)
        if count != 1:
            faults.append(f"{binary} was built {count} times")
        paths = [build / name / "bootstrap" for name in built if binaries.get(name) == binary]
        # SAM uploads one zip for functions whose folders are the same.
        if len({hashlib.sha256(path.read_bytes()).digest() for path in paths}) != 1:
            faults.append(f"the functions of {binary} have different bootstraps")
        faults += check(binary, paths[0])

    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
