#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Ansible's module over vfio-personality(8): by its JSON, and idempotent."""

import json

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = r"""
module: vfio_personality
short_description: PCI functions in VFIO, or with their native drivers
description:
  - Runs vfio-personality(8), which must be installed on the host.
  - All functions are switched, or none. In check mode nothing is.
options:
  functions:
    description: Addresses, names of interfaces or disks, and what else it selects by.
    type: list
    elements: str
    required: true
  personality:
    description: Where they are to be.
    choices: [vfio, native]
    default: vfio
  persist:
    description: Also after every boot (vfio), or nothing is kept any more (native).
    type: bool
    default: true
  driver:
    description: auto, bound, or a VFIO driver's name.
    type: str
  group:
    description: With all of their IOMMU groups.
    type: bool
    default: false
  vfs:
    description: The functions stay; they get so many VFs in that personality.
    type: int
  force:
    description: Checks to be lifted.
    type: list
    elements: str
  user:
    description: Owner of the device files; wants persist.
    type: str
  mode:
    description: Their mode; wants persist.
    type: str
  cdi:
    description: With a CDI specification for containers.
    type: bool
    default: false
  sysfs_root:
    description: For tests.
    type: path
"""

EXAMPLES = r"""
- name: The second GPU is for guests
  vfio_personality:
    functions: ["0000:41:00.0"]
    group: true

- name: Eight VFs for DPDK
  vfio_personality:
    functions: [ens1f0]
    vfs: 8
    driver: vfio-pci
"""

RETURN = r"""
functions:
  description: What the program says of each function, see its schema.
  type: list
messages:
  description: What it says besides.
  type: list
exit:
  description: Its exit code.
  type: int
"""

# What a function of these has, it did not have before, or would not
CHANGES = ("done", "held", "planned")


def command(params, check):
    """The words to be run."""
    verb = "enable" if params["personality"] == "vfio" else "disable"
    words = ["vfio-personality", verb, "--json", "--all"]
    for name in ("group", "persist", "cdi"):
        if params[name] and not (name == "cdi" and verb == "disable"):
            words.append("--" + name)
    for name in ("driver", "user", "mode", "sysfs_root", "vfs"):
        if params[name] is not None:
            words.append("--%s=%s" % (name.replace("_", "-"), params[name]))
    if params["force"]:
        words.append("--force=" + ",".join(params["force"]))
    if check:
        words.append("--dry-run")
    return words + ["--"] + params["functions"]


def saved(module):
    """What is kept of the functions, which enable does not tell."""
    words = ["vfio-personality", "list", "--json", "-o", "address,saved_as"]
    if module.params["sysfs_root"]:
        words.append("--sysfs-root=" + module.params["sysfs_root"])
    _, out, _ = module.run_command(words)
    try:
        return {f["address"]: f["saved_as"] for f in json.loads(out)["functions"]}
    except (ValueError, KeyError):
        return {}


def main():
    """Runs it, and tells what came of it."""
    module = AnsibleModule(
        argument_spec={
            "functions": {"type": "list", "elements": "str", "required": True},
            "personality": {"choices": ["vfio", "native"], "default": "vfio"},
            "persist": {"type": "bool", "default": True},
            "driver": {"type": "str"},
            "group": {"type": "bool", "default": False},
            "vfs": {"type": "int"},
            "force": {"type": "list", "elements": "str"},
            "user": {"type": "str"},
            "mode": {"type": "str"},
            "cdi": {"type": "bool", "default": False},
            "sysfs_root": {"type": "path"},
        },
        supports_check_mode=True,
    )
    before = saved(module)
    _, out, err = module.run_command(command(module.params, module.check_mode))
    try:
        answer = json.loads(out)
    except ValueError:
        module.fail_json(msg=err or "vfio-personality did not answer")
    changed = any(f.get("result") in CHANGES for f in answer["functions"])
    kept = module.params["personality"] == "vfio"
    if module.check_mode and module.params["persist"]:
        changed |= any((before.get(f["address"]) is not None) != kept
                       for f in answer["functions"])
    elif module.params["persist"]:
        changed |= before != saved(module)
    result = {"changed": changed, "functions": answer["functions"],
              "messages": answer["messages"], "exit": answer["exit"]}
    if answer["exit"]:
        module.fail_json(msg="; ".join(m["text"] for m in answer["messages"]), **result)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
