// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import TrustCore

/// Packages with one of each thing that installing treats in its own way.
enum SamplePackages {
    static let all: [(builder: PackageBuilder, format: ArchiveFormat)] = [
        (python, .conda), (tool, .conda), (library, .conda), (linked, .tarBz2),
    ]

    /// A Python to look at, which says where its site-packages are (CEP 17); it cannot run.
    static let python: PackageBuilder = {
        var python = PackageBuilder(name: "python", version: "3.13.1", build: "0_cp313", subdir: "linux-64")
        python.indexExtras["python_site_packages_path"] = "lib/python3.13/site-packages"
        python.indexExtras["track_features"] = ""
        python.indexExtras["constrains"] = ["python_abi 3.13.* *_cp313"]
        python.add(file: "bin/python3.13", "#!/bin/sh\nexit 1\n", executable: true)
        python.addLink("bin/python", to: "python3.13")
        python.addLink("bin/python3", to: "python3.13")
        python.add(file: "lib/python3.13/os.py", "# \(PackageBuilder.placeholder)/lib\n", placeholder: .text)
        return python
    }()

    /// Prefixes in text and in binaries, links, names of all kinds, a file that must not be linked.
    static let tool: PackageBuilder = {
        var tool = PackageBuilder(name: "tiny-tool", version: "1.2.3", build: "h0_7", subdir: "linux-64")
        tool.buildNumber = 7
        tool.depends = ["linked >=2,<3", "library"]
        tool.indexExtras["constrains"] = ["other <1"]
        tool.indexExtras["license_family"] = "BSD"
        tool.indexExtras["arch"] = "x86_64"
        tool.indexExtras["platform"] = "linux"
        let prefix = PackageBuilder.placeholder
        tool.add(
            file: "bin/tool",
            "#!\(prefix)/bin/python -E\nprint('\(prefix)/share')\n",
            executable: true,
            placeholder: .text
        )
        tool.add(
            file: "bin/shell-tool",
            "#!\(prefix)/bin/sh -e\nexit\n",
            executable: true,
            placeholder: .text
        )
        tool.addLink("bin/tool-link", to: "tool")
        let strings = "\u{7F}ELF\u{1}\0\(prefix)/lib:\(prefix)/lib64\0middle\0\(prefix)\0end"
        tool.add(
            file: "lib/libtool.so.1.2.3",
            bytes: Array(strings.utf8),
            executable: true,
            placeholder: .binary
        )
        tool.addLink("lib/libtool.so.1", to: "libtool.so.1.2.3")
        tool.addLink("lib/libtool.so", to: "libtool.so.1")
        tool.add(file: "share/tool/empty", "")
        tool.add(file: "share/tool/a name with spaces", "spaces\n")
        tool.add(file: "share/tool/naïve-文件", "not ASCII\n")
        tool.add(file: "share/tool/stays.txt", "never linked\n", isNeverLinked: true)
        tool.addLink("share/tool/up", to: "../../bin/tool")
        return tool
    }()

    /// A noarch Python package with entry points and scripts.
    static let library: PackageBuilder = {
        var library = PackageBuilder(name: "library", version: "0.1a2", build: "pyhd_0", subdir: "noarch")
        library.noarch = .python
        library.depends = ["python >=3.9"]
        library.entryPoints = ["library = library.main:run", "library-deep = library.main:Program.start"]
        library.add(file: "site-packages/library/__init__.py", "")
        library.add(file: "site-packages/library/main.py", "def run():\n    return 0\n")
        library.add(file: "site-packages/library-0.1a2.dist-info/INSTALLER", "conda")
        library.add(
            file: "python-scripts/library-script",
            "#!\(PackageBuilder.placeholder)/bin/python\npass\n",
            executable: true,
            placeholder: .text
        )
        library.add(file: "share/library/data.bin", bytes: Array(0...255))
        return library
    }()

    /// The old format, with link scripts, which neither of the two runs.
    static let linked: PackageBuilder = {
        var linked = PackageBuilder(name: "linked", version: "2.0", build: "0", subdir: "noarch")
        linked.noarch = .generic
        linked.add(
            file: "bin/.linked-post-link.sh",
            "#!/bin/sh\ntouch \"$PREFIX/was-run\"\n",
            executable: true
        )
        linked.add(file: "bin/.linked-pre-unlink.sh", "#!/bin/sh\nexit 1\n", executable: true)
        linked.add(file: "etc/linked.conf", "root=\(PackageBuilder.placeholder)\n", placeholder: .text)
        linked.addLink("etc/linked.link", to: "linked.conf")
        return linked
    }()
}
