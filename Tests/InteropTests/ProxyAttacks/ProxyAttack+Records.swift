// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import TrustCore

/// Indexes that lead somewhere else. Of a pinned channel its owner signed them, or whoever has the online key.
extension ProxyAttack {
    static let records: [ProxyAttack] = [
        ProxyAttack(
            name: "packages on another host",
            pinned: .refused("gate.outside-channel"),
            observed: .refused("gate.outside-channel")
        ) { channel in
            channel.fixture.baseURL = channel.elsewhere.url + "/linux-64/"
            try await channel.fixture.publish(now: Clock.now)
        },
        ProxyAttack(
            name: "names that lead out of the folder",
            pinned: .stays("repodata.file-name"),
            observed: .refused("repodata.file-name")
        ) { channel in
            let tool = try channel.tool("2")
            try channel.list { packages in
                for name in [
                    "../tool-3-0.conda", "..%2Ftool-3-0.conda", "/etc/tool-3-0.conda", "..-3-0.conda",
                ] {
                    packages[name] = .object(try tool.record().raw)
                }
            }
            try await channel.fixture.publish(now: Clock.now)
        },
        ProxyAttack(
            name: "a record that names another package",
            pinned: .leftOut,
            observed: .leftOut,
            // A shard is one package's, and the file is listed; what is admitted is judged by its record.
            pinnedByShards: .refused("policy"),
            observedByShards: .refused("policy")
        ) { channel in
            try channel.list { packages in
                var record = packages["tool-2-0.conda"]?.object ?? JSONObject()
                record["name"] = "../../tool"
                packages["tool-2-0.conda"] = .object(record)
            }
            try await channel.fixture.publish(now: Clock.now)
        },
        ProxyAttack(
            name: "another package under the name",
            pinned: .refused("archive.member-unexpected"),
            observed: .refused("archive.member-unexpected"),
            healsObserved: "3"
        ) { channel in
            var other = PackageBuilder(name: "other", version: "2", build: "0", subdir: "linux-64")
            other.add(file: "share/evil.txt", channel.mark)
            let named = PackageBuilder(name: "tool", version: "2", build: "0", subdir: "linux-64")
            channel.fixture.packages[1] = try AttackedChannel.package(named, other.build(.conda))
            try await channel.fixture.publish(now: Clock.now)
        },
        ProxyAttack(
            name: "a package that leads out of its folder",
            pinned: .refused("archive.path-parent"),
            observed: .refused("archive.path-parent"),
            healsObserved: "3"
        ) { channel in
            var tool = PackageBuilder(name: "tool", version: "2", build: "0", subdir: "linux-64")
            tool.add(file: "share/evil.txt", channel.mark)
            tool.addUnchecked(path: "../../evil.txt", channel.mark)
            channel.fixture.packages[1] = try AttackedChannel.package(tool)
            try await channel.fixture.publish(now: Clock.now)
        },
    ]
}
