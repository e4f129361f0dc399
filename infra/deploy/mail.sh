# shellcheck shell=bash
# Whether SES sends what people are waiting for.

# With MAIL=ses, the sender must be verified: else no mail leaves. In the sandbox of SES, mails go to verified addresses alone.
mail_must_be_allowed() {
  local from domain said
  if [[ $(runtime_setting MAIL) != ses ]]; then return; fi
  from=$(runtime_setting MAIL_FROM) domain=${from#*@}
  if ! is_verified "$from" && ! is_verified "$domain"; then
    said="SES has verified neither $from nor $domain in $region, so no mail would leave. Verify the domain: \`aws sesv2 create-email-identity --email-identity $domain\` says which DNS records it needs (CNAME, for DKIM)"
    if [[ $dry_run ]]; then note "$said."; else fail "$said; or the address alone, with $from in place of $domain. Nothing was changed."; fi
  fi
  case $(cloud sesv2 get-account --query ProductionAccessEnabled --output text) in
    True) ;;
    False) note "SES is in its sandbox in $region: only verified addresses get mails, and few. Ask for production access: https://console.aws.amazon.com/ses/home?region=$region#/account" ;;
    *) note "SES does not say whether it is in its sandbox, in which only verified addresses get mails: $(why)." ;;
  esac
}

# is_verified <address or domain>: what SES has not heard of is not verified. Any other failure is one.
is_verified() {
  local said
  if said=$(cloud sesv2 get-email-identity --email-identity "$1" --query VerifiedForSendingStatus --output text); then
    [[ $said == True ]]
  elif ! grep -q NotFoundException "$error"; then
    fail "Whether SES has verified $1 cannot be seen: $(why). Nothing was changed."
  else
    return 1
  fi
}
