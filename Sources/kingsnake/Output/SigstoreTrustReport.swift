// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Gatekeeper
import SigningKeys
import Sigstore
import TUF
import TrustCore

/// What is known of an instance of Sigstore, for people and for programs.
struct SigstoreTrustReport {
    let anchor: SigstoreAnchor
    /// Its keys; nil if none were fetched yet.
    let trust: SigstoreKeys?
    /// The channels that it counts for, in place of every other instance.
    let channels: [ChannelURL]
    let now: Timestamp

    /// Says on standard error what is wrong with the age of keys that are used.
    static func warn(of trust: SigstoreKeys, _ console: Console) {
        if let missed = trust.missedUpdate {
            console.warn("the keys of `\(trust.name)` could not be updated: \(missed.message)")
        }
        guard case .expired(let horizon) = trust.freshness(at: SystemClock.now) else { return }
        console.warn(
            "the keys of `\(trust.name)` were confirmed until \(horizon.moment) only, and newer keys are not known; \(SigstoreTrustCode.expired.entry.remedy) [\(SigstoreTrustCode.expired.rawValue)]"
        )
    }

    // MARK: For people

    var lines: [String] {
        var lines = [row("from", origin)]
        lines += channels.map { row("channel", "\($0), for which no other instance counts") }
        guard let trust else {
            return lines + [row("keys", "none yet: `kingsnake trust sigstore update \(anchor.name)`")]
        }
        lines.append(row("keys", keys(trust)))
        if case .updated(let update) = trust.source {
            let versions = update.versions
            lines += [
                row(
                    "metadata",
                    "root \(versions.root), timestamp \(versions.timestamp), snapshot \(versions.snapshot), targets \(versions.targets)"
                ),
                row("asked", "\(update.checked)"),
            ]
        }
        lines.append(row("offline", offline(trust)))
        lines.append(row("sha256", Digest.of(trust.trustedRootBytes).hex))
        let root = trust.trustedRoot
        lines += root.transparencyLogs.map { row("log", words($0)) }
        lines += root.certificateAuthorities.map { row("signers", words($0)) }
        lines += root.certificateLogs.map { row("their log", words($0)) }
        lines += root.timestampAuthorities.map { row("time", words($0)) }
        lines += root.setAside.map { row("not used", "\($0.baseURL): \($0.reason)") }
        return lines + signing(trust)
    }

    private func row(_ label: String, _ text: String) -> String {
        label + String(repeating: " ", count: max(1, 10 - label.count)) + text
    }

    private var origin: String {
        switch anchor.basis {
        case .shipped(let instance): "this program, and \(instance.tufURL)"
        case .repository(let tufRoot, let url):
            "\(url), by the TUF root with sha256 \(Digest.of(tufRoot).hex)"
        case .files: "files you gave"
        }
    }

    private func keys(_ trust: SigstoreKeys) -> String {
        switch trust.source {
        case .shipped: "those that came with this program"
        case .updated: "the newest that were fetched"
        case .files: "those you gave, and no others"
        }
    }

    private func offline(_ trust: SigstoreKeys) -> String {
        switch trust.freshness(at: now) {
        case .current(let horizon):
            "good until \(horizon.moment), \(now.words(until: horizon.moment)) (`\(horizon.role)`)"
        case .expired(let horizon):
            "EXPIRED at \(horizon.moment) (`\(horizon.role)`): revocations and newer keys are not known"
        case .neverUpdated: "never updated: revocations and newer keys are not known"
        case .fixed: "always: nothing is fetched"
        }
    }

    private func words(_ log: TrustedRoot.Log) -> String {
        "\(log.baseURL), \(log.key.algorithm.rawValue), \(words(log.validFor))"
    }

    private func words(_ authority: TrustedRoot.Authority) -> String {
        "\(authority.uri), \(Counted(authority.certificates.count, "certificate")), \(words(authority.validFor))"
    }

    private func words(_ period: ValidityPeriod) -> String {
        guard let end = period.end else { return "since \(period.start.timestamp)" }
        return "from \(period.start.timestamp) until \(end.timestamp)"
    }

    private func signing(_ trust: SigstoreKeys) -> [String] {
        guard trust.signingConfigBytes != nil else { return [row("signing", "it does not say where")] }
        guard let config = try? trust.signingConfig() else {
            return [row("signing", "a signing configuration that this program cannot read")]
        }
        let moment = Moment(now)
        let services: [[SigstoreService]] = [
            (try? [config.certificateAuthority(at: moment)]) ?? [],
            (try? config.transparencyLogs(at: moment)) ?? [],
            (try? config.timestampAuthorities(at: moment)) ?? [],
        ]
        return [row("signing", services.joined().map(\.url).joined(separator: ", "))]
    }

    private typealias SigstoreService = SigningConfig.Service
}

// MARK: - For programs

extension SigstoreTrustReport {
    var json: JSONObject {
        var object = JSONObject()
        object["name"] = .string(anchor.name.text)
        switch anchor.basis {
        case .shipped(let instance):
            object["basis"] = "shipped"
            object["url"] = .string(instance.tufURL)
        case .repository(let tufRoot, let url):
            object["basis"] = "repository"
            object["url"] = .string(url.description)
            object["root_sha256"] = .string(Digest.of(tufRoot).hex)
        case .files: object["basis"] = "files"
        }
        object["added"] = anchor.added.map { .string($0.description) }
        object["channels"] = .array(channels.map { .string($0.description) })
        if let trust { Self.add(trust, to: &object, at: now) } else { object["freshness"] = "never-updated" }
        return object
    }

    private static func add(_ trust: SigstoreKeys, to object: inout JSONObject, at now: Timestamp) {
        switch trust.source {
        case .shipped: object["keys"] = "shipped"
        case .files: object["keys"] = "files"
        case .updated(let update):
            object["keys"] = "updated"
            object["checked"] = .string(update.checked.description)
            var versions = JSONObject()
            versions["root"] = .number(JSONNumber(update.versions.root))
            versions["timestamp"] = .number(JSONNumber(update.versions.timestamp))
            versions["snapshot"] = .number(JSONNumber(update.versions.snapshot))
            versions["targets"] = .number(JSONNumber(update.versions.targets))
            object["metadata"] = .object(versions)
            var horizon = JSONObject()
            horizon["expires"] = .string(update.horizon.moment.description)
            horizon["role"] = .string(update.horizon.role.text)
            object["horizon"] = .object(horizon)
        }
        object["freshness"] =
            switch trust.freshness(at: now) {
            case .current: "current"
            case .expired: "expired"
            case .neverUpdated: "never-updated"
            case .fixed: "fixed"
            }
        object["trusted_root"] = .object(json(trust))
        object["signing_config_sha256"] = trust.signingConfigBytes.map { .string(Digest.of($0).hex) }
    }

    private static func json(_ trust: SigstoreKeys) -> JSONObject {
        let root = trust.trustedRoot
        var object = JSONObject()
        object["sha256"] = .string(Digest.of(trust.trustedRootBytes).hex)
        object["logs"] = .array(root.transparencyLogs.map(json))
        object["certificate_authorities"] = .array(root.certificateAuthorities.map(json))
        object["certificate_logs"] = .array(root.certificateLogs.map(json))
        object["timestamp_authorities"] = .array(root.timestampAuthorities.map(json))
        object["not_used"] = .array(root.setAside.map { .string($0.baseURL) })
        return object
    }

    private static func json(_ log: TrustedRoot.Log) -> JSONValue {
        var object = JSONObject()
        object["url"] = .string(log.baseURL)
        object["operator"] = log.operatorName.map { .string($0) }
        object["key_type"] = .string(log.key.algorithm.rawValue)
        object["key_sha256"] = .string(log.key.fingerprint.hex)
        add(log.validFor, to: &object)
        return .object(object)
    }

    private static func json(_ authority: TrustedRoot.Authority) -> JSONValue {
        var object = JSONObject()
        object["url"] = .string(authority.uri)
        object["operator"] = authority.operatorName.map { .string($0) }
        object["certificates_sha256"] = .array(authority.certificates.map { .string(Digest.of($0).hex) })
        add(authority.validFor, to: &object)
        return .object(object)
    }

    private static func add(_ period: ValidityPeriod, to object: inout JSONObject) {
        object["valid_from"] = .string(period.start.description)
        object["valid_until"] = period.end.map { .string($0.description) }
    }
}
