// SPDX-License-Identifier: GPL-2.0
/*
 * rtnl_vf: settings of VFs, read and written by netlink.
 */
#include "rtnl.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of 256 VFs, without statistics, and more than one attribute can hold */
#define ANSWER_SIZE (256 << 10)

/* One setting, and the answer to it, which has the request in it */
#define REQUEST_SIZE 4096

#define UNKNOWN UINT32_MAX

static const char *const states[] = {
	[IFLA_VF_LINK_STATE_AUTO] = "auto",
	[IFLA_VF_LINK_STATE_ENABLE] = "enable",
	[IFLA_VF_LINK_STATE_DISABLE] = "disable",
};

static struct nlmsghdr *begin(char *buf, int index, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ifinfomsg *info;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = 1;
	info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));
	info->ifi_index = index;
	return nlh;
}

static const char *on_or_off(uint32_t setting)
{
	return setting == UNKNOWN ? "" : setting ? "on" : "off";
}

static void take_mac(struct vf_values *values, const struct ifla_vf_mac *mac)
{
	snprintf(values->v[VF_MAC], VF_VALUE, "%02x:%02x:%02x:%02x:%02x:%02x", mac->mac[0],
		 mac->mac[1], mac->mac[2], mac->mac[3], mac->mac[4], mac->mac[5]);
}

static void take_vlan(struct vf_values *values, const struct ifla_vf_vlan *vlan)
{
	/* The list, which tells the protocol, may have come before */
	if (!*values->v[VF_VLAN])
		snprintf(values->v[VF_VLAN], VF_VALUE, "%u/%u/802.1Q", vlan->vlan, vlan->qos);
}

static void take_vlan_list(struct vf_values *values, const struct nlattr *list)
{
	const struct ifla_vf_vlan_info *info;
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, list) {
		if (mnl_attr_get_type(attr) != IFLA_VF_VLAN_INFO ||
		    mnl_attr_get_payload_len(attr) < sizeof(*info))
			continue;
		info = mnl_attr_get_payload(attr);
		snprintf(values->v[VF_VLAN], VF_VALUE, "%u/%u/802.1%s", info->vlan, info->qos,
			 ntohs(info->vlan_proto) == ETH_P_8021AD ? "ad" : "Q");
		return;
	}
}

static void take_number(struct vf_values *values, int type, const uint32_t *words)
{
	switch (type) {
	case IFLA_VF_RATE:
		snprintf(values->v[VF_RATE], VF_VALUE, "%u/%u", words[1], words[2]);
		break;
	case IFLA_VF_SPOOFCHK:
		strcpy(values->v[VF_SPOOFCHK], on_or_off(words[1]));
		break;
	case IFLA_VF_TRUST:
		strcpy(values->v[VF_TRUST], on_or_off(words[1]));
		break;
	case IFLA_VF_LINK_STATE:
		if (words[1] < ARRAY_SIZE(states))
			strcpy(values->v[VF_STATE], states[words[1]]);
		break;
	}
}

/* Each attribute has a struct that begins with the VF's number */
static size_t size_of(int type)
{
	switch (type) {
	case IFLA_VF_MAC:
		return sizeof(struct ifla_vf_mac);
	case IFLA_VF_VLAN:
		return sizeof(struct ifla_vf_vlan);
	case IFLA_VF_RATE:
		return sizeof(struct ifla_vf_rate);
	default:
		return sizeof(struct ifla_vf_spoofchk);
	}
}

/**
 * struct reading - of the VFs of a PF
 * @see: what to call for each
 * @data: with this
 */
struct reading {
	void (*see)(void *data, unsigned long number, const struct vf_values *values);
	void *data;
};

static void see_vf(const struct reading *reading, const struct nlattr *vf)
{
	struct vf_values values = { 0 };
	const struct nlattr *attr;
	uint32_t number = UNKNOWN;
	const uint32_t *words;
	int type;

	mnl_attr_for_each_nested(attr, vf) {
		type = mnl_attr_get_type(attr);
		if (type == IFLA_VF_VLAN_LIST) {
			take_vlan_list(&values, attr);
			continue;
		}
		if (mnl_attr_get_payload_len(attr) < size_of(type))
			continue;
		words = mnl_attr_get_payload(attr);
		if (type == IFLA_VF_MAC) {
			number = words[0];
			take_mac(&values, mnl_attr_get_payload(attr));
		} else if (type == IFLA_VF_VLAN) {
			take_vlan(&values, mnl_attr_get_payload(attr));
		} else {
			take_number(&values, type, words);
		}
	}
	if (number <= UINT16_MAX)
		reading->see(reading->data, number, &values);
}

static int see_link(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr, *vf;

	mnl_attr_for_each(attr, nlh, sizeof(struct ifinfomsg))
		if (mnl_attr_get_type(attr) == IFLA_VFINFO_LIST)
			mnl_attr_for_each_nested(vf, attr)
				if (mnl_attr_get_type(vf) == IFLA_VF_INFO)
					see_vf(data, vf);
	return MNL_CB_OK;
}

int rtnl_vf_read(int index, void (*see)(void *data, unsigned long number,
					const struct vf_values *values), void *data)
{
	char *buf = xcalloc(1, ANSWER_SIZE);
	struct nlmsghdr *nlh = begin(buf, index, RTM_GETLINK, 0);
	struct reading reading = { .see = see, .data = data };
	int error;

	mnl_attr_put_u32(nlh, IFLA_EXT_MASK, RTEXT_FILTER_VF | RTEXT_FILTER_SKIP_STATS);
	error = rtnl_ask(nlh, buf, ANSWER_SIZE, see_link, &reading);
	free(buf);
	return error;
}

static void put_vlan(struct nlmsghdr *nlh, unsigned int vf, const char *value)
{
	struct ifla_vf_vlan_info info = { .vf = vf };
	struct nlattr *list;
	char proto[8] = "";

	if (sscanf(value, "%u/%u/%7s", &info.vlan, &info.qos, proto) != 3)
		return;
	/* A driver may know only the older attribute, which has one protocol */
	if (!strcmp(proto, "802.1Q")) {
		mnl_attr_put(nlh, IFLA_VF_VLAN, sizeof(struct ifla_vf_vlan),
			     &(struct ifla_vf_vlan){ vf, info.vlan, info.qos });
		return;
	}
	info.vlan_proto = htons(ETH_P_8021AD);
	list = mnl_attr_nest_start(nlh, IFLA_VF_VLAN_LIST);
	mnl_attr_put(nlh, IFLA_VF_VLAN_INFO, sizeof(info), &info);
	mnl_attr_nest_end(nlh, list);
}

static void put_mac(struct nlmsghdr *nlh, unsigned int vf, const char *value)
{
	struct ifla_vf_mac mac = { .vf = vf };

	if (sscanf(value, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx", &mac.mac[0], &mac.mac[1],
		   &mac.mac[2], &mac.mac[3], &mac.mac[4], &mac.mac[5]) == 6)
		mnl_attr_put(nlh, IFLA_VF_MAC, sizeof(mac), &mac);
}

static void put_rate(struct nlmsghdr *nlh, unsigned int vf, const char *value)
{
	struct ifla_vf_rate rate = { .vf = vf };

	if (sscanf(value, "%u/%u", &rate.min_tx_rate, &rate.max_tx_rate) == 2)
		mnl_attr_put(nlh, IFLA_VF_RATE, sizeof(rate), &rate);
}

static void put_state(struct nlmsghdr *nlh, unsigned int vf, const char *value)
{
	struct ifla_vf_link_state state = { .vf = vf };

	while (state.link_state < ARRAY_SIZE(states) - 1 &&
	       strcmp(value, states[state.link_state]))
		state.link_state++;
	mnl_attr_put(nlh, IFLA_VF_LINK_STATE, sizeof(state), &state);
}

static void put_flag(struct nlmsghdr *nlh, uint16_t type, unsigned int vf, const char *value)
{
	struct ifla_vf_spoofchk flag = { .vf = vf, .setting = !strcmp(value, "on") };

	mnl_attr_put(nlh, type, sizeof(flag), &flag);
}

static void put_setting(struct nlmsghdr *nlh, unsigned int vf, enum vf_setting setting,
			const char *value)
{
	switch (setting) {
	case VF_MAC:
		put_mac(nlh, vf, value);
		break;
	case VF_VLAN:
		put_vlan(nlh, vf, value);
		break;
	case VF_RATE:
		put_rate(nlh, vf, value);
		break;
	case VF_SPOOFCHK:
		put_flag(nlh, IFLA_VF_SPOOFCHK, vf, value);
		break;
	case VF_TRUST:
		put_flag(nlh, IFLA_VF_TRUST, vf, value);
		break;
	case VF_STATE:
		put_state(nlh, vf, value);
		break;
	case VF_SETTINGS:
		break;
	}
}

int rtnl_vf_set(int index, unsigned int vf, enum vf_setting setting, const char *value)
{
	char buf[REQUEST_SIZE];
	struct nlmsghdr *nlh = begin(buf, index, RTM_SETLINK, NLM_F_ACK);
	struct nlattr *list = mnl_attr_nest_start(nlh, IFLA_VFINFO_LIST);
	struct nlattr *info = mnl_attr_nest_start(nlh, IFLA_VF_INFO);

	put_setting(nlh, vf, setting, value);
	mnl_attr_nest_end(nlh, info);
	mnl_attr_nest_end(nlh, list);
	return rtnl_ask(nlh, buf, sizeof(buf), NULL, NULL);
}
