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
  - With apply, what was saved and what rules want is done instead; copy files of rules
    to /etc/vfio-personality/rules.d before.
options:
  functions:
    description: Addresses, names of interfaces or disks, and what else it selects by.
    type: list
    elements: str
  apply:
    description: What was saved and what rules want; goes with force only.
    type: bool
    default: false
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
  vf:
    description: With vfs, how VFs are set up, as all:trust=on or 0:mac=...,vlan=100.
    type: list
    elements: str
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

- name: Eight VFs, of which one has a VLAN
  vfio_personality:
    functions: [ens1f0]
    vfs: 8
    vf: ["all:spoofchk=on", "0:vlan=100"]

- name: The rules of all machines
  copy:
    src: 50-gpus.conf
    dest: /etc/vfio-personality/rules.d/

- name: What they want
  vfio_personality:
    apply: true
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


def common(params):
    """What apply takes, too."""
    words = []
    if params["sysfs_root"] is not None:
        words.append("--sysfs-root=" + params["sysfs_root"])
    if params["force"]:
        words.append("--force=" + ",".join(params["force"]))
    return words


def apply_command(params, check):
    """The words to be run for what was saved and what rules want."""
    words = ["vfio-personality", "apply", "--json"] + common(params)
    return words + ["--check"] if check else words


def command(params, check):
    """The words to be run."""
    verb = "enable" if params["personality"] == "vfio" else "disable"
    words = ["vfio-personality", verb, "--json", "--all"]
    for name in ("group", "persist", "cdi"):
        if params[name] and not (name == "cdi" and verb == "disable"):
            words.append("--" + name)
    for name in ("driver", "user", "mode", "vfs"):
        if params[name] is not None:
            words.append("--%s=%s" % (name.replace("_", "-"), params[name]))
    words += ["--vf=" + vf for vf in params["vf"] or []] + common(params)
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


def answer_of(module, words):
    """Runs it, and gives its document."""
    _, out, err = module.run_command(words)
    try:
        return json.loads(out)
    except ValueError:
        module.fail_json(msg=err or "vfio-personality did not answer")


def finish(module, answer, changed):
    """Tells what came of it; that something would change is no failure of a check."""
    result = {"changed": changed, "functions": answer["functions"],
              "messages": answer["messages"], "exit": answer["exit"]}
    if answer["exit"] and not (answer["exit"] == 1 and answer.get("would_change")):
        module.fail_json(msg="; ".join(m["text"] for m in answer["messages"]), **result)
    module.exit_json(**result)


def main():
    """Runs it, and tells what came of it."""
    module = AnsibleModule(
        argument_spec={
            "functions": {"type": "list", "elements": "str"},
            "apply": {"type": "bool", "default": False},
            "personality": {"choices": ["vfio", "native"], "default": "vfio"},
            "persist": {"type": "bool", "default": True},
            "driver": {"type": "str"},
            "group": {"type": "bool", "default": False},
            "vfs": {"type": "int"},
            "vf": {"type": "list", "elements": "str"},
            "force": {"type": "list", "elements": "str"},
            "user": {"type": "str"},
            "mode": {"type": "str"},
            "cdi": {"type": "bool", "default": False},
            "sysfs_root": {"type": "path"},
        },
        required_if=[("apply", False, ["functions"])],
        mutually_exclusive=[("apply", name) for name in ("functions", "vfs", "vf", "driver",
                                                         "user", "mode")],
        supports_check_mode=True,
    )
    if module.params["apply"]:
        answer = answer_of(module, apply_command(module.params, module.check_mode))
        finish(module, answer, answer["changed"] or answer.get("would_change", False))
    before = saved(module)
    answer = answer_of(module, command(module.params, module.check_mode))
    changed = any(f.get("result") in CHANGES for f in answer["functions"])
    kept = module.params["personality"] == "vfio"
    if module.check_mode and module.params["persist"]:
        changed |= any((before.get(f["address"]) is not None) != kept
                       for f in answer["functions"])
    elif module.params["persist"]:
        changed |= before != saved(module)
    finish(module, answer, changed)


if __name__ == "__main__":
    main()
