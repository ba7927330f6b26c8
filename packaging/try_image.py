#!/usr/bin/env python3
"""Takes an image apart that `scripts/package --container` made, and runs what is in it with nothing else around (in a root directory of
its own where that is allowed, else from the unpacked folder): its help, its version, and `rihla doctor`.

  packaging/try_image.py IMAGE.oci.tar
"""
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile


def fail(message):
    sys.exit(f"try_image: {message}")


def unpack(archive, root):
    """Unpacks all layers of the archive's one image (OCI image layout 1.0), and returns its configuration."""
    with tarfile.open(archive) as tar:
        blob = lambda digest: tar.extractfile("blobs/" + digest.replace(":", "/"))
        manifests = json.load(tar.extractfile("index.json"))["manifests"]
        if len(manifests) != 1:
            fail(f"{archive} holds {len(manifests)} images, not one")
        manifest = json.load(blob(manifests[0]["digest"]))
        for layer in manifest["layers"]:
            with tarfile.open(fileobj=blob(layer["digest"])) as files:
                files.extractall(root)
        return json.load(blob(manifest["config"]["digest"]))["config"]


def main():
    if len(sys.argv) != 2:
        fail(__doc__.strip().splitlines()[-1].strip())
    with tempfile.TemporaryDirectory() as root:
        config = unpack(sys.argv[1], root)
        entry = config["Entrypoint"]
        if config["Cmd"] != ["--help"] or config["WorkingDir"] != "/data":
            fail(f"unexpected configuration: {config}")
        binaries = [os.path.join(at, name) for at, _, names in os.walk(root) for name in names if os.access(os.path.join(at, name), os.X_OK)]
        if binaries != [root + entry[0]]:
            fail(f"the program alone was to be in it: {binaries}")
        os.makedirs(root + "/data", exist_ok=True)
        os.makedirs(root + "/tmp", exist_ok=True)
        chroot = shutil.which("chroot")
        may_chroot = chroot and subprocess.run([chroot, "/", "true"], capture_output=True).returncode == 0

        def run(*arguments):
            command = [chroot, root, *entry] if may_chroot else [root + entry[0]]
            done = subprocess.run([*command, *arguments], capture_output=True, text=True, env={"TMPDIR": "/tmp"})
            if done.returncode:
                fail(f"exit {done.returncode} of {entry[0]} {' '.join(arguments)}\n{done.stdout}{done.stderr}")
            return done.stdout

        if "germline" not in run(*config["Cmd"]):
            fail("the help does not name germline")
        version = run("--version").split()[1]
        if config["Labels"]["org.opencontainers.image.version"] != version:
            fail(f"the program is of version {version}, the label is not")
        print(run("doctor"), end="")
    print(f"image: {sys.argv[1]}: rihla {version} runs" + (" in a root directory of its own" if may_chroot else ""))


if __name__ == "__main__":
    main()
