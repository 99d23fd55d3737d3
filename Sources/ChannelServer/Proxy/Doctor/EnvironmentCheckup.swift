// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// Variables that lead a client past the proxy that its settings name.
public struct EnvironmentCheckup {
    let environment: [String: String]
    let client: ProxiedClient
    let proxy: String
    let hosts: Set<String>

    /// - Parameters:
    ///   - environment: variables.
    ///   - client: whose.
    ///   - proxy: the address of the proxy that the client's settings name.
    ///   - hosts: where the user's channels are.
    public init(
        _ environment: [String: String],
        of client: ProxiedClient,
        to proxy: String,
        hosts: Set<String>
    ) {
        self.environment = environment
        self.client = client
        self.proxy = proxy
        self.hosts = hosts
    }

    /// What is to be said; one check that says so if it is nothing.
    public var checks: [DoctorCheck] {
        let found = proxies + exceptions + aliases
        guard found.isEmpty else { return found }
        return [DoctorCheck("environment", .ok, "no variable leads \(client.rawValue) past the proxy")]
    }

    /// mamba's settings count before these variables; for others the variables count.
    private var settingsCountMore: Bool { client == .mamba || client == .micromamba }

    private var proxies: [DoctorCheck] {
        values("http_proxy", "https_proxy").filter { !isProxy($0.value) }.map { name, value in
            DoctorCheck(
                "environment.proxy",
                settingsCountMore ? .warning : .failed,
                "`\(name)` leads to \(SettingsChange.redacted(value)), not to the proxy",
                remedy: "unset it, and tell `kingsnake proxy` of it"
            )
        }
            + values("all_proxy").filter { !isProxy($0.value) }.map { name, _ in
                DoctorCheck(
                    "environment.proxy",
                    .warning,
                    "`\(name)` is set: what is neither http nor https goes there",
                    remedy: "unset it"
                )
            }
    }

    private var exceptions: [DoctorCheck] {
        values("no_proxy").compactMap { name, value in
            let entries = value.split { $0 == "," || $0 == " " }.map { $0.lowercased() }
            let passed = hosts.filter { host in entries.contains { Self.matches($0, host) } }.sorted()
            guard !passed.isEmpty else {
                let others = entries.filter {
                    !ProxyPlace.isThisMachine($0) && !ProxyPlace.isThisMachine(ProxyPlace.divided($0).name)
                }
                guard !others.isEmpty else { return nil }
                let text = "`\(name)` leads channels at \(others.joined(separator: ", ")) past the proxy"
                return DoctorCheck("environment.exception", .warning, text, remedy: Self.unset)
            }
            let list = passed.joined(separator: ", ")
            guard client != .conda else {
                // Its settings count before this variable: it asks the proxy all the same.
                let text = "`\(name)` leads what conda starts past the proxy, at \(list)"
                return DoctorCheck("environment.exception", .warning, text, remedy: Self.unset)
            }
            let text = "`\(name)` leads \(client.rawValue) past the proxy, at \(list)"
            return DoctorCheck("environment.exception", .failed, text, remedy: Self.unset)
        }
    }

    private static let unset = "unset it"

    private var aliases: [DoctorCheck] {
        let names = settingsCountMore ? ["MAMBA_CHANNEL_ALIAS"] : ["CONDA_CHANNEL_ALIAS"]
        return names.filter { environment[$0].flatMap(CondaProxying.plain) != nil }.map { name in
            DoctorCheck(
                "environment.alias",
                .failed,
                "`\(name)` names an `https:` URL, which the proxy refuses",
                remedy: "unset it"
            )
        }
    }

    /// The values of variables, in both spellings.
    private func values(_ names: String...) -> [(name: String, value: String)] {
        names.flatMap { [$0, $0.uppercased()] }.compactMap { name in
            environment[name].flatMap { $0.isEmpty ? nil : (name, $0) }
        }
    }

    private func isProxy(_ value: String) -> Bool {
        (try? ClientProxy(value))?.address == proxy
    }

    /// Whether an exception is about a host: the host itself, a domain above it, or all.
    private static func matches(_ entry: String, _ host: String) -> Bool {
        if entry == "*" { return true }
        var name = ProxyPlace.divided(entry).name
        if name.hasPrefix("*") { name.removeFirst() }
        if name.hasPrefix(".") { name.removeFirst() }
        return !name.isEmpty && (host == name || host.hasSuffix("." + name))
    }
}
